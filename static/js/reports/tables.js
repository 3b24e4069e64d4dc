import { dressDays } from "../me/dates.js";

dressDays(document);
