import { describe, expect, it } from "vitest";
import { gatewayTemplate } from "./gateway-template.ts";

type TextRule = { readonly allowed: RegExp; readonly charactersMax: number };

const ofEc2: TextRule = { allowed: /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/, charactersMax: 255 };
const ofIam: TextRule = { allowed: /^[\t\n\r\x20-\x7e\u00a1-\u00ff]*$/, charactersMax: 1_000 };
const ofCloudWatch: TextRule = { allowed: /^[^\0]*$/, charactersMax: 1_024 };
const ofOutputs: TextRule = { allowed: /^[^\0]*$/, charactersMax: 1_024 };

/** What each service accepts as a description, by prefix of its resource types. Look a new one up before adding it. */
const textRules: Readonly<Record<string, TextRule>> = {
	"AWS::EC2::": ofEc2,
	"AWS::IAM::": ofIam,
	"AWS::CloudWatch::Alarm": ofCloudWatch,
	Outputs: ofOutputs,
};

type Text = { readonly of: string; readonly at: string; readonly value: unknown };

function descriptionsIn(value: unknown, of: string, at: string): readonly Text[] {
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		/Description$/i.test(key) ? [{ of, at: `${at}.${key}`, value: inner }] : descriptionsIn(inner, of, `${at}.${key}`),
	);
}

/** Why a text is refused, or undefined. A text that is known only at deployment is always refused. */
function faultOf({ of, value }: Text): string | undefined {
	const textRule = Object.entries(textRules).find(([begins]) => of.startsWith(begins))?.[1];
	if (textRule === undefined) return "no rule is known for it";
	if (typeof value !== "string") return "not known before it is deployed";
	if (value.length > textRule.charactersMax) return "too long";
	return textRule.allowed.test(value) ? undefined : "a character that the service refuses";
}

const texts = [
	...Object.entries(gatewayTemplate.Resources).flatMap(([id, { Type, Properties }]) =>
		descriptionsIn(Properties, Type, id),
	),
	...Object.entries(gatewayTemplate.Outputs).flatMap(([id, output]) => descriptionsIn(output, "Outputs", id)),
];

describe("the descriptions of the template", () => {
	it("are accepted by their services", () => {
		const wrong = texts.flatMap((text) => {
			const why = faultOf(text);
			return why === undefined ? [] : [`${text.at}: ${why}: ${JSON.stringify(text.value)}`];
		});

		expect(texts.map(({ of }) => of)).toEqual(
			expect.arrayContaining(["AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::CloudWatch::Alarm"]),
		);
		expect(wrong).toEqual([]);
	});

	it.each([
		["AWS::EC2::SecurityGroup", "with an apostrophe", "Clients' SMPP", "a character that the service refuses"],
		["AWS::EC2::SecurityGroupEgress", "with a dash", "to a — b", "a character that the service refuses"],
		["AWS::EC2::SecurityGroupIngress", "of 256 characters", "a".repeat(256), "too long"],
		["AWS::EC2::SecurityGroup", "with a reference", { Ref: "vpc" }, "not known before it is deployed"],
		["AWS::IAM::Role", "in Cyrillic letters", "не больше", "a character that the service refuses"],
		["AWS::CloudWatch::Alarm", "of 1,025 characters", "a".repeat(1_025), "too long"],
		["AWS::KMS::Key", "of any kind", "a key", "no rule is known for it"],
		["AWS::EC2::SecurityGroup", "without any of that", "SMPP of clients, from anywhere", undefined],
	])("of %s %s get the right verdict", (of, _, value, why) => {
		expect(faultOf({ of, at: "x", value })).toBe(why);
	});
});
