// What differs between the committed schema and the one that is served: `node diff.mjs FILE ADDRESS` prints the differences as JSON.
import { readFile } from "node:fs/promises";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [committed, served] = process.argv.slice(2);
const texts = [await readFile(committed, "utf8"), await (await fetch(served)).text()];
const changes = await diff(...texts.map((text) => buildSchema(text)));
console.log(JSON.stringify(changes.map(({ message, path }) => `${path}: ${message}`)));
