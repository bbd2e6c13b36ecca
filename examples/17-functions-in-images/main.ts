import { api, greet, monteCarlo, scale } from "./functions.ts";

// #region run
const pi = await monteCarlo.run(100_000);
console.log(`Returned: ${pi}`);
// #endregion run

console.log(await scale.run(5));
console.log(await greet.run("fr", "shout"));

// #region serve
{
  await using server = await api.serve();
  const response = await fetch(server.url);
  console.log(await response.json());
}
// #endregion serve

// #region build
const tag = await scale.build(5); // for `docker run --rm <tag>`, which prints 50
console.log(tag.replace(/[0-9a-f]{16}$/, "<hash>"));
// #endregion build
