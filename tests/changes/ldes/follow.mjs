// Follows a Linked Data Event Stream with ldes-client until it has caught up, and prints each member as a line of JSON.
// Usage: node follow.mjs URL STATE_FOLDER; a later run with the same folder gets what is new since.
import { replicateLDES } from "ldes-client";
import { Writer } from "n3";

const [url, statePath] = process.argv.slice(2);
const client = replicateLDES({ url, statePath, polling: false }, "ascending");
const writer = new Writer({ format: "N-Quads" });

client.on("error", (error) => {
  console.error(error);
  process.exitCode = 1;
});
for await (const member of client.stream({ highWaterMark: 10 })) {
  const line = { id: member.id.value, thing: member.isVersionOf, quads: writer.quadsToString(member.quads) };
  process.stdout.write(JSON.stringify(line) + "\n");
}
