import { lives } from "./broken/lives.fixture.ts";
import { prove } from "./prove.fixture.ts";

prove(lives);
