// The picker beside the day of the decision; without it the day is typed.
import { dressDays } from "../me/dates.js";

dressDays(document);
