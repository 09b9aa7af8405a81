import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from "kysely";

/**
 * Both drivers answer with Buffers, which pass for Uint8Arrays until somebody takes a slice() (it shares memory) or
 * their `.buffer` (a pool with other rows' bytes in it). The ports promise plain bytes, so plain bytes they get.
 */
export class PlainBytes implements KyselyPlugin {
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    for (const row of result.rows) {
      for (const column in row) {
        const value = row[column];
        if (Buffer.isBuffer(value)) row[column] = new Uint8Array(value);
      }
    }
    return result;
  }
}
