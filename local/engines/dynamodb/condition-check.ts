import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { compareValues } from "./attribute-values.ts";
import { type Condition, isPath } from "./conditions.ts";
import { invalid } from "./errors.ts";
import { type Given, type Operand, operandValue } from "./operands.ts";

/** Refuses a condition with a value that cannot be compared, whatever the item is. */
export function checkCondition(condition: Condition, given: Given): void {
	switch (condition.kind) {
		case "and":
		case "or":
			for (const part of condition.parts) checkCondition(part, given);
			return;
		case "not":
			checkCondition(condition.part, given);
			return;
		case "begins_with":
			checkPrefix(literal(condition.prefix, given));
			return;
		case "between":
			checkBounds(literal(condition.least, given), literal(condition.most, given));
			return;
		case "compare":
			if (condition.comparator === "=" || condition.comparator === "<>") return;
			mustHaveOrder(condition.comparator, literal(condition.left, given));
			mustHaveOrder(condition.comparator, literal(condition.right, given));
	}
}

/** A value of the call; undefined if the operand is an attribute. */
function literal(operand: Operand, given: Given): AttributeValue | undefined {
	return isPath(operand) ? undefined : operandValue(operand, undefined, given);
}

function checkPrefix(prefix: AttributeValue | undefined): void {
	if (prefix !== undefined && prefix.S === undefined) wrongType("begins_with", prefix);
}

function checkBounds(least: AttributeValue | undefined, most: AttributeValue | undefined): void {
	mustHaveOrder("BETWEEN", least);
	mustHaveOrder("BETWEEN", most);
	if (least === undefined || most === undefined) return;
	const order = compareValues(least, most);
	if (Number.isNaN(order)) {
		invalid("The BETWEEN operator requires same data type for lower and upper bounds");
	}
	if (order > 0) {
		invalid("The BETWEEN operator requires upper bound to be greater than or equal to lower bound");
	}
}

function mustHaveOrder(operator: string, value: AttributeValue | undefined): void {
	if (value !== undefined && value.S === undefined && value.N === undefined) wrongType(operator, value);
}

function wrongType(operator: string, value: AttributeValue): never {
	return invalid(
		`Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${Object.keys(value)[0]}`,
	);
}
