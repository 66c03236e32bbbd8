import type { Guard } from "#local/permissions/guard.ts";
import { openAwsJsonServer } from "#local/wire/aws-json-server.ts";
import { ServiceError } from "#local/wire/service-error.ts";
import type { Gate } from "../gate.ts";
import { type LmdbStore, openLmdbStore, type StoreOptions } from "../lmdb-store.ts";
import { whole } from "../partial.ts";
import { openCatalog } from "./catalog.ts";
import { dataOperations } from "./data-operations.ts";
import { sweepExpired } from "./sweep-expired.ts";

export type DynamoDb = { readonly url: string; readonly store: LmdbStore; close(): Promise<void> };

export type DynamoDbOptions = StoreOptions & {
	/** Holds calls back while a backup begins. */
	readonly gate?: Gate;
	readonly guard?: Guard | undefined;
	readonly log: (event: string, fields: object) => void;
};

/**
 * DynamoDB on one file, as far as the gateway uses it. A call is answered when what it wrote, and what it read, is written.
 * Throttling and limits of throughput do not exist here.
 */
export async function openDynamoDb({ guard, log, gate, ...options }: DynamoDbOptions): Promise<DynamoDb> {
	const store = await openLmdbStore(options);
	const catalog = openCatalog(store);
	const stopSweeping = sweepExpired(catalog);

	async function execute(operation: string, input: object): Promise<object> {
		const held = gate?.passed();
		if (held !== undefined) await held;
		/* A page is read from the file, so it must have what was answered as written. */
		if (readsPages.has(operation)) await store.written();
		store.hasMetUnwritten();
		try {
			return run(operation, input);
		} finally {
			if (!reads.has(operation) || store.hasMetUnwritten()) await store.written();
		}
	}

	function run(operation: string, input: object): object {
		const onItems = dataOperations[operation];
		if (onItems !== undefined) return onItems(catalog.table, input, whole);
		const onTables = catalog.operations[operation];
		if (onTables !== undefined) return onTables(input);
		throw new ServiceError("UnknownOperationException", `the local DynamoDB does not know ${operation}`);
	}

	const server = await openAwsJsonServer({
		execute,
		guard,
		onFault: (operation, error) => log("dynamodb.failed", { operation, error: String(error) }),
	});
	return {
		url: server.url,
		store,
		async close() {
			stopSweeping();
			server.close();
			await store.close();
		},
	};
}

const readsPages: ReadonlySet<string> = new Set(["Query", "Scan", "UpdateTable"]);

/** Operations that wait only if they met what is not written yet. */
const reads: ReadonlySet<string> = new Set(["GetItem", "BatchGetItem", "Query", "Scan"]);
