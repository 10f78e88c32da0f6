// One's own account.

import { wireSignOut } from "./api.js";
import { $ } from "./dom.js";
import { showAppointments } from "./appointments.js";

wireSignOut();
if ($("appoint")) showAppointments();
