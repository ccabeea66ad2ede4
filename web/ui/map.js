// A map between a file's columns and our fields, as a value: how its parts are read, and new maps with one part changed.
// (docs/maps.md says what a map is.)

export const open_mark = '?';
export const ignored = '';

const spec_of = (spec) => (typeof spec === 'string' ? { column: spec } : spec);

export const field_spec = (map, field) => (map.fields?.[field] === undefined ? null : spec_of(map.fields[field]));

// The field that a column goes to, or ignored.
export function field_of(map, column) {
    for (const [field, spec] of Object.entries(map.fields ?? {})) {
        const { column: single, columns } = spec_of(spec);
        if (single === column || columns?.includes(column)) return field;
    }
    return ignored;
}

const without_note = ({ note, ...map }) => map;

export function with_spec(map, field, spec) {
    const fields = { ...map.fields };
    if (spec) fields[field] = spec;
    else delete fields[field];
    return without_note({ ...map, fields });
}

// Gives a column to a field; what the field had before goes to nobody. `words`: what stands in the column, where the field takes
// only certain words.
export function with_column(map, column, field, words) {
    let out = map;
    const before = field_of(map, column);
    if (before !== ignored) out = with_spec(out, before, null);
    const displaced = field === ignored ? null : field_spec(out, field)?.column;
    const ignore = new Set(Array.isArray(out.ignore) ? out.ignore : []);
    if (displaced) ignore.add(displaced);
    ignore.delete(column);
    if (field === ignored) ignore.add(column);
    else out = with_spec(out, field, words ? { column, values: Object.fromEntries(words.map((word) => [word, open_mark])) } : { column });
    return without_note({ ...out, ignore: out.ignore === '*' ? '*' : [...ignore] });
}

// Every place that still has to be filled in: [{ field, word? }].
export function open_places(map) {
    const out = [];
    for (const [field, given] of Object.entries(map.fields ?? {})) {
        const spec = spec_of(given);
        for (const [word, value] of Object.entries(spec.values ?? {})) if (value === open_mark) out.push({ field, word });
        for (const part of ['column', 'value', 'otherwise', 'unit']) if (spec[part] === open_mark) out.push({ field });
        if (spec.forms?.includes(open_mark)) out.push({ field });
    }
    return out;
}
