// One's own account.

import { wireSignOut } from "./api.js";

wireSignOut();
