// One's own account.

import { wireSignOut } from "./api.js";
import { $ } from "./dom.js";
import { showAppointments } from "./appointments.js";
import { showExports } from "./exports.js";
import { showFactors } from "./own_factors.js";
import { wireLink } from "./own_link.js";
import { askAboutBrowser, showSessions } from "./own_sessions.js";

wireSignOut();
showFactors();
showSessions();
if ($("browser")) askAboutBrowser();
if ($("link")) wireLink();
if ($("appoint")) showAppointments();
if ($("seconds")) showExports();
