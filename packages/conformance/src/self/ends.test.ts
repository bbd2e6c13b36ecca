import { ends } from "./broken/ends.fixture.ts";
import { prove } from "./prove.fixture.ts";

prove(ends);
