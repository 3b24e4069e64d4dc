// The calendar of a site: its dates are typed day first, with a picker beside them.
import { dressDays } from "../me/dates.js";

dressDays(document);
