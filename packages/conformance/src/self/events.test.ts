import { events } from "./broken/events.fixture.ts";
import { prove } from "./prove.fixture.ts";

prove(events);
