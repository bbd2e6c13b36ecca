import { plans } from "./broken/plans.fixture.ts";
import { prove } from "./prove.fixture.ts";

prove(plans);
