import { tasks } from "./broken/tasks.fixture.ts";
import { prove } from "./prove.fixture.ts";

prove(tasks);
