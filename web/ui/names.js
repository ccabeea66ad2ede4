// The names of operators and areas, where an answer gives only codes, and the hue of an operator's line.

export const operator_name = (session, row) => row.operator_name ?? session.operators.find((each) => each.operator === row.operator)?.name ?? row.operator;
export const area_name = (session, row) => row.area_name ?? session.areas.find((each) => each.area === row.area)?.name ?? row.area;
// The areas that lie in another one that is listed: for a choice of areas.
export const inner_areas = (session) => session.areas.filter(({ parent }) => session.areas.some(({ area }) => area === parent));
// a, b, c for the first three operators; no hue for further ones.
export const hue = (session, operator) => 'abc'[session.operators.findIndex((each) => each.operator === operator)];
