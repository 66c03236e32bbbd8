import { type References, resolve } from "./resolve.ts";
import { exportsOf, type Resource, type Template } from "./template.ts";

/** The AWS account of the local stack, which the SQS engine fixes. */
export const account = "000000000000";

export type LocalReferencesOptions = {
	readonly region: string;
	/** The URL of the SQS engine in queue URLs. */
	readonly sqsUrl: string;
	readonly secrets: ReadonlyMap<string, string>;
};

type Named = { readonly ref: string; readonly attributes: Readonly<Record<string, string>> };

/** Resolves the template's references: names as in AWS, queue URLs at the local engine. */
export function localReferences(template: Template, { region, sqsUrl, secrets }: LocalReferencesOptions): References {
	const named = (id: string): Named => {
		const resource = template.Resources[id];
		if (!resource) throw new Error(`the template refers to ${id}, which does not exist`);
		if (resource.Type !== "AWS::Lambda::Alias") return namesOf(id, resource, region, sqsUrl);
		const { FunctionName, Name } = resolve(resource.Properties, references) as Readonly<Record<string, unknown>>;
		const arn = `arn:aws:lambda:${region}:${account}:function:${String(FunctionName)}:${String(Name)}`;
		return withArn(arn, arn);
	};
	const exported = exportsOf(template);
	const references: References = {
		ref: (id) => named(id).ref,
		attribute: (id, name) => named(id).attributes[name] ?? `${id}.${name}`,
		secret: (id) => {
			const value = secrets.get(id);
			if (value === undefined) throw new Error(`the template refers to the secret ${id}, which does not exist`);
			return value;
		},
		imported: (name) => {
			if (!exported.has(name)) throw new Error(`the template imports ${name}, which no stack exports`);
			return resolve(exported.get(name), references);
		},
		pseudo: {
			"AWS::AccountId": account,
			"AWS::Partition": "aws",
			"AWS::Region": region,
			"AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/local/local`,
			"AWS::StackName": "local",
			"AWS::URLSuffix": "amazonaws.com",
		},
	};
	return references;
}

function namesOf(id: string, { Type, Properties }: Resource, region: string, sqsUrl: string): Named {
	const arnOf = (service: string, resource: string) => `arn:aws:${service}:${region}:${account}:${resource}`;
	const nameIn = (property: string) => plainText(Properties[property]) ?? id;
	switch (Type) {
		case "AWS::DynamoDB::Table": {
			const name = nameIn("TableName");
			return withArn(name, arnOf("dynamodb", `table/${name}`));
		}
		case "AWS::SQS::Queue": {
			const name = nameIn("QueueName");
			return withArn(`${sqsUrl}/${account}/${name}`, arnOf("sqs", name), { QueueName: name });
		}
		case "AWS::Lambda::Function": {
			const name = nameIn("FunctionName");
			return withArn(name, arnOf("lambda", `function:${name}`));
		}
		case "AWS::IAM::Role": {
			const name = nameIn("RoleName");
			return withArn(name, `arn:aws:iam::${account}:role/${name}`);
		}
		case "AWS::SecretsManager::Secret": {
			const arn = arnOf("secretsmanager", `secret:${nameIn("Name")}`);
			return withArn(arn, arn);
		}
		default:
			return { ref: id, attributes: {} };
	}
}

function withArn(ref: string, arn: string, attributes: Readonly<Record<string, string>> = {}): Named {
	return { ref, attributes: { Arn: arn, ...attributes } };
}

function plainText(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

export function resourcesOfType(template: Template, type: string): readonly (readonly [string, Resource])[] {
	return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}
