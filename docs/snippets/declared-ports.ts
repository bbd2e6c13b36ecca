import { defineNode, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const scale = defineNode({
  name: "scale",
  input: z.object({ euros: z.number(), factor: z.number() }),
  output: z.object({ euros: z.number() }),
  run: ({ euros, factor }) => ({ euros: euros * factor }),
});

// #region declared
const priced = new Workflow("priced", {
  input: z.object({ net: z.number() }),
  output: z.object({ gross: z.number() }),
});
const taxed = priced.addNode("taxed", scale, { euros: priced.input.net, factor: 1.2 });
priced.setOutput({ gross: taxed.out.euros });

const { outputs } = await new LocalRuntime().execute(priced, { input: { net: 50 } });
console.log(outputs.gross);
// #endregion declared

// #region nested
const basket = new Workflow("basket");
const tea = basket.addNode("tea", priced, { net: 10 });
const twice = basket.addNode("twice", scale, { euros: tea.out.gross, factor: 2 });

const result = await new LocalRuntime().execute(basket);
console.log(result.get(twice).euros, Object.keys(result.nodes).toSorted());
// #endregion nested
