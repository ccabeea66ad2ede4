// A complaint that is being written, kept in this browser for 14 days; and the receipt of the one just sent.
import { useState } from '/htm/preact/standalone.module.js';

const DAYS = 14;
const KEY = 'complaint-draft';
const empty = { operator: '', area: '', text: '', category: null, claims: {}, number: '' };

function kept() {
    try {
        const draft = JSON.parse(localStorage.getItem(KEY));
        return draft && Date.now() - draft.saved < DAYS * 86400e3 ? { ...empty, ...draft } : empty;
    } catch {
        return empty;
    }
}

// { draft, change(fields), forget(), found }: found is when the draft that was there was saved.
export function use_draft() {
    const [draft, set_draft] = useState(kept);
    const [found] = useState(draft.saved);
    return {
        draft, found,
        change(fields) {
            set_draft((before) => {
                const after = { ...before, ...fields, saved: Date.now() };
                try { localStorage.setItem(KEY, JSON.stringify(after)); } catch { /* no room, or not allowed: it lasts with the page */ }
                return after;
            });
        },
        forget() {
            try { localStorage.removeItem(KEY); } catch { /* there is none */ }
            set_draft(empty);
        },
    };
}
