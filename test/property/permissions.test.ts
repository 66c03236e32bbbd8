import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allows, type Permission, type Statement } from "#local/permissions/policy.ts";
import { matchesWildcard } from "#local/permissions/wildcard.ts";

const of = (characters: string) =>
	fc.array(fc.constantFrom(...characters), { maxLength: 8 }).map((all) => all.join(""));
const patterns = of("ab:*?");
const texts = of("ab:");

describe("a wildcard pattern", () => {
	it("matches what the same regular expression matches", () => {
		fc.assert(
			fc.property(patterns, texts, (pattern, text) => {
				const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);

				expect(matchesWildcard(pattern, text)).toBe(expression.test(text));
			}),
			{ numRuns: 2_000 },
		);
	});

	it("without wildcards matches only itself", () => {
		fc.assert(
			fc.property(texts, texts, (pattern, text) => {
				expect(matchesWildcard(pattern, text)).toBe(pattern === text);
			}),
		);
	});
});

const statements: fc.Arbitrary<Statement> = fc.record({
	Effect: fc.constantFrom("Allow", "Deny"),
	Action: fc.array(patterns, { minLength: 1, maxLength: 2 }),
	Resource: fc.array(patterns, { minLength: 1, maxLength: 2 }),
	Condition: fc.constant({}),
});
const permissions: fc.Arbitrary<Permission> = fc.record({ action: texts, resource: texts });

describe("a role's statements", () => {
	it("allow the same in any order", () => {
		fc.assert(
			fc.property(fc.array(statements), permissions, (given, permission) => {
				expect(allows([...given].reverse(), permission)).toBe(allows(given, permission));
			}),
		);
	});

	it("never allow more after one more Deny, nor less after one more Allow", () => {
		fc.assert(
			fc.property(fc.array(statements), statements, permissions, (given, one, permission) => {
				const [before, after] = [allows(given, permission), allows([...given, one], permission)];

				if (one.Effect === "Deny") expect(before || !after).toBe(true);
				else expect(after || !before).toBe(true);
			}),
		);
	});

	it("allow nothing after a Deny of everything", () => {
		const all: Statement = { Effect: "Deny", Action: ["*"], Resource: ["*"], Condition: {} };
		fc.assert(
			fc.property(fc.array(statements), permissions, (given, permission) => {
				expect(allows([...given, all], permission)).toBe(false);
			}),
		);
	});
});
