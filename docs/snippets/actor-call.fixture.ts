import { connectActor } from "@polyloom/actor";

const client = await connectActor("./app.sock");
console.log(await client.call({ text: "hello" }));
await client.call({}).catch((error: Error) => console.log(error.message));
await client.close();
