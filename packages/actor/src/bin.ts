#!/usr/bin/env node
import { extname } from "node:path";
import { runActor } from "./run-actor.ts";

await runActor(new URL(`./handler/thread${extname(import.meta.url)}`, import.meta.url));
