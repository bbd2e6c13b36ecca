import { options } from "./broken/options.fixture.ts";
import { prove } from "./prove.fixture.ts";

prove(options);
