import smpp from "smpp";

export const commandStatuses = smpp.errors;
