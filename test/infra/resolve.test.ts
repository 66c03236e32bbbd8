import { describe, expect, it } from "vitest";
import { type References, resolve } from "#local/template/resolve.ts";

const arn = "arn:aws:secretsmanager:eu:000000000000:secret:key";

const references: References = {
	ref: (id) => `ref-${id}`,
	imported: (name) => `import-${name}`,
	attribute: (id, name) => `${id}-${name}`,
	secret: (id) => (id === arn ? '{"user":"u","password":"p"}' : `value of ${id}`),
	pseudo: { "AWS::Region": "eu", "AWS::Partition": "aws" },
};

describe("a template's references", () => {
	it.each<[string, unknown, unknown]>([
		["plain values stay", { a: [1, true, null, "x"] }, { a: [1, true, null, "x"] }],
		["Ref", { Ref: "Table" }, "ref-Table"],
		["Ref of a pseudo parameter", { Ref: "AWS::Region" }, "eu"],
		["Ref of no value drops the property", { a: { Ref: "AWS::NoValue" }, b: 1 }, { b: 1 }],
		["Ref of no value drops the item", [{ Ref: "AWS::NoValue" }, 1], [1]],
		["GetAtt as a list", { "Fn::GetAtt": ["Queue", "Arn"] }, "Queue-Arn"],
		["GetAtt as text", { "Fn::GetAtt": "Queue.Arn" }, "Queue-Arn"],
		["ImportValue", { "Fn::ImportValue": "State:Table" }, "import-State:Table"],
		["Join", { "Fn::Join": ["-", ["a", { Ref: "B" }, 3]] }, "a-ref-B-3"],
		["Sub", { "Fn::Sub": `\${AWS::Region}/\${Queue.Arn}/\${Table}/\${!kept}` }, `eu/Queue-Arn/ref-Table/\${kept}`],
		["Sub with variables", { "Fn::Sub": [`\${X}`, { X: { Ref: "Table" } }] }, "ref-Table"],
		["Select", { "Fn::Select": [1, ["a", { Ref: "B" }]] }, "ref-B"],
		["Split", { "Fn::Split": ["-", { Ref: "B" }] }, ["ref", "B"]],
		["Select of Split", { "Fn::Select": [0, { "Fn::Split": ["-", { Ref: "B" }] }] }, "ref"],
		["a secret by its name", "{{resolve:secretsmanager:name:SecretString:::}}", "value of name"],
		[
			"a secret by its ARN, one key of it",
			{ "Fn::Join": ["", ["{{resolve:secretsmanager:", arn, ":SecretString:password::}}"]] },
			"p",
		],
		["a secret inside other text", "a {{resolve:secretsmanager:name:SecretString:::}} b", "a value of name b"],
		["an object of one property that is not a function", { Name: { Ref: "Table" } }, { Name: "ref-Table" }],
	])("%s", (_, value, expected) => {
		expect(resolve(value, references)).toEqual(expected);
	});

	it.each<[string, unknown, RegExp]>([
		["an unknown function", { "Fn::Cidr": "x" }, /Fn::Cidr is not supported/],
		["an unknown pseudo parameter", { Ref: "AWS::NotificationARNs" }, /AWS::NotificationARNs is not supported/],
		["a missing item", { "Fn::Select": [2, ["a"]] }, /no item 2/],
		["text where a list belongs", { "Fn::Join": "a" }, /in the place of a list/],
	])("are refused: %s", (_, value, expected) => {
		expect(() => resolve(value, references)).toThrow(expected);
	});
});
