// Relay's rules and the recommended ones, on the committed schema; each departure with its reason.
import { configs, parser, rules } from "@graphql-eslint/eslint-plugin";

const [, naming] = configs["flat/schema-recommended"].rules["@graphql-eslint/naming-convention"];

export default [
  {
    files: ["**/*.graphql"],
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: "graphql_schema/schema.graphql" } } },
    plugins: { "@graphql-eslint": { rules } },
    rules: {
      ...configs["flat/schema-recommended"].rules,
      ...configs["flat/schema-relay"].rules,
      // TypeCount counts the records of a type.
      "@graphql-eslint/naming-convention": ["error", { ...naming, "ObjectTypeDefinition,ObjectTypeExtension": { forbiddenSuffixes: ["Type"] } }],
      // Connections page forwards only: a keyset has no cheap way back.
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: false }],
      // A connection has `nodes` beside `edges`, and may page through what isn't a record, as peers.
      "@graphql-eslint/relay-edge-types": ["error", { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
      // Prefix.prefix is PeeringDB's word.
      "@graphql-eslint/no-typename-prefix": "off",
      // What isn't a record has no id; records have theirs from the interface Node.
      "@graphql-eslint/strict-id-in-types": "off",
    },
  },
];
