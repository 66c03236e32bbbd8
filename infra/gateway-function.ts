import { join, relative } from "node:path";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IVpc } from "aws-cdk-lib/aws-ec2";
import {
	Alias,
	Architecture,
	type CfnFunction,
	type IFunction,
	type IVersion,
	Runtime,
	Tracing,
} from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { z } from "zod";
import type { EnvOf } from "#shared/contracts/read-env.ts";
import { bundleAlias } from "./bundle-alias.ts";
import { bundleBanner } from "./bundle-banner.ts";
import { reservedConcurrency } from "./concurrency.ts";
import { metadataKeys, root } from "./entries.ts";
import { sourceMapsEnv } from "./source-maps.ts";
import { namePrefix, type Stage } from "./stage.ts";

export const liveAlias = "live";

const mapWriter = join(import.meta.dirname, "write-own-source-map.ts");

export type GatewayFunctionProps<Schema extends z.ZodObject> = {
	readonly stage: Stage;
	readonly handlers: string;
	readonly entry: string;
	readonly envSchema: Schema;
	/** A missing or misspelt variable does not compile. */
	readonly env: EnvOf<Schema>;
	readonly timeoutSeconds: number;
	/** Only for a function that must use a published address (contract R36). */
	readonly vpc?: IVpc;
};

export class GatewayFunction<Schema extends z.ZodObject> extends NodejsFunction {
	readonly alias: Alias;
	/** What everything calls. A deployment moves it from one version to the next. */
	readonly live: IFunction;

	constructor(scope: Construct, id: string, props: GatewayFunctionProps<Schema>) {
		const { stage, handlers, entry } = props;
		const file = join(root, handlers, `${entry}.ts`);
		const reserved = reservedConcurrency(entry, stage);
		super(scope, id, {
			functionName: `${namePrefix(stage)}-${entry}`,
			entry: file,
			projectRoot: root,
			depsLockFilePath: join(root, "package-lock.json"),
			runtime: Runtime.NODEJS_24_X,
			architecture: Architecture.ARM_64,
			memorySize: stage.sizes.functionMemoryMb,
			timeout: Duration.seconds(props.timeoutSeconds),
			environment: { ...(props.env as Record<string, string>), ...sourceMapsEnv },
			awsSdkConnectionReuse: false,
			logGroup: new LogGroup(scope, `${id}-logs`, {
				retention: stage.sizes.logRetentionDays,
				removalPolicy: RemovalPolicy.DESTROY,
			}),
			bundling: {
				format: OutputFormat.ESM,
				mainFields: ["module", "main"],
				bundleAwsSDK: true,
				minify: true,
				sourceMap: true,
				sourcesContent: false,
				commandHooks: {
					beforeBundling: () => [],
					beforeInstall: () => [],
					afterBundling: (_, folder) => [`"${process.execPath}" "${mapWriter}" "${join(folder, "index.mjs.map")}"`],
				},
				banner: bundleBanner,
				esbuildArgs: { "--alias": Object.entries(bundleAlias).map((pair) => pair.join("=")) },
			},
			...(stage.tracing && { tracing: Tracing.ACTIVE }),
			...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
			...(props.vpc && { vpc: props.vpc }),
		});
		const version = this.currentVersion as IVersion;
		this.alias = new Alias(this, "live", { aliasName: liveAlias, version });
		this.live = this.alias as IFunction;
		(this.node.defaultChild as CfnFunction).addMetadata(metadataKeys.entry, relative(root, file));
	}
}
