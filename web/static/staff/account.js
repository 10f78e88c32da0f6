// One's own account.

import { wireSignOut } from "./api.js";
import { $ } from "./dom.js";
import { showAppointments } from "./appointments.js";
import { showFactors } from "./own_factors.js";
import { showSessions } from "./own_sessions.js";

wireSignOut();
showFactors();
showSessions();
if ($("appoint")) showAppointments();
