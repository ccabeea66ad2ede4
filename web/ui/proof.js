// Checks of a ledger's proofs (RFC 6962, RFC 9162) with the browser's own SHA-256. Nothing here asks the server anything.

const of_base64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
export const to_base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const same = (one, other) => one.length === other.length && one.every((byte, i) => byte === other[i]);

async function hash(prefix, ...parts) {
    const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
    bytes[0] = prefix;
    let at = 1;
    for (const part of parts) { bytes.set(part, at); at += part.length; }
    return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

export const leaf_hash = (entry) => hash(0, entry);

// The root that a leaf and its path lead to, or null where the path does not fit the place.
export async function root_of(leaf, index, size, path) {
    if (index >= size) return null;
    let place = BigInt(index), last = BigInt(size) - 1n, root = leaf;
    for (const step of path.map(of_base64)) {
        if (last === 0n) return null;
        if (place & 1n || place === last) {
            root = await hash(1, step, root);
            while (!(place & 1n) && place !== 0n) { place >>= 1n; last >>= 1n; }
        } else root = await hash(1, root, step);
        place >>= 1n;
        last >>= 1n;
    }
    return last === 0n ? root : null;
}

// Origin, size and root of a checkpoint (a signed note).
export function read_checkpoint(note) {
    const [origin, size, root] = note.split('\n');
    return { origin, size: Number(size), root };
}

// entry: an entry's bytes; proof: { index, size, leaf, path }; checkpoint: { size, root }. Which of the three steps hold.
export async function check(entry, proof, checkpoint) {
    const leaf = await leaf_hash(entry);
    const root = await root_of(leaf, proof.index, proof.size, proof.path);
    return {
        leaf: same(leaf, of_base64(proof.leaf)),
        path: root !== null,
        root: root !== null && proof.size === checkpoint.size && to_base64(root) === checkpoint.root,
        computed: root && to_base64(root),
    };
}
