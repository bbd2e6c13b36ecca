import { defineNode, firstOf, ifElse, switchOn, Workflow } from "@polyloom/core";
import { LocalRuntime } from "@polyloom/runtime-local";
import { z } from "zod";

const Parcel = z.object({ kilograms: z.number(), express: z.boolean() });

// #region nodes
const byWeight = switchOn(Parcel, {
  letter: ({ kilograms }) => kilograms <= 1,
  box: ({ kilograms }) => kilograms <= 20,
});

const isExpress = ifElse(Parcel, ({ express }) => express);

const price = defineNode({
  name: "price",
  input: z.object({ parcel: Parcel, perKilogram: z.number() }),
  output: z.object({ euros: z.number() }),
  run: ({ parcel, perKilogram }) => ({ euros: parcel.kilograms * perKilogram }),
});
// #endregion nodes

const label = defineNode({
  name: "label",
  input: z.object({ euros: z.number(), express: Parcel.optional() }),
  output: z.object({ text: z.string() }),
  run: ({ euros, express }) => ({ text: `${euros.toFixed(2)} €${express ? ", express" : ""}` }),
});

// #region flow
const flow = new Workflow("parcels", { input: z.object({ parcel: Parcel }) });
const weight = flow.addNode("weight", byWeight, { value: flow.input.parcel });
const speed = flow.addNode("speed", isExpress, { value: flow.input.parcel });

const letter = flow.addNode("letter", price, { parcel: weight.out.letter, perKilogram: 4 });
const box = flow.addNode("box", price, { parcel: weight.out.box, perKilogram: 2 });
const freight = flow.addNode("freight", price, { parcel: weight.out.default, perKilogram: 1.5 });

const tag = flow.addNode("tag", label, {
  euros: firstOf(letter.out.euros, box.out.euros, freight.out.euros), // the branch that was taken
  express: speed.out.then, // optional: absent where the branch was not taken
});
// #endregion flow

const runtime = new LocalRuntime();
for (const parcel of [
  { kilograms: 0.5, express: true },
  { kilograms: 8, express: false },
  { kilograms: 40, express: true },
]) {
  const result = await runtime.execute(flow, { input: { parcel } });
  const prices = ["letter", "box", "freight"].map((id) => `${id} ${result.nodes[id]!.status}`);
  console.log(`${parcel.kilograms} kg: ${result.get(tag).text} (${prices.join(", ")})`);
}
