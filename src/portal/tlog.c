#include "portal/tlog.h"

#include "engine/engine.h"

enum { TILE_WIDTH = 256, TILE_LEVELS = 8, TILE_FRESH_SECONDS = 31536000 };

bool tlog_checkpoint(struct request *request, struct reply *reply, struct error *error)
{
    struct ledger *ledger = engine_ledger(request->engine);
    reply->content_type = "text/plain; charset=utf-8";
    return ledger_checkpoint(ledger, ledger_durable(ledger), &reply->body, error);
}

static bool three_digits(struct str *rest, uint64_t *number)
{
    if (rest->length < 3) return false;
    for (size_t i = 0; i < 3; i++) {
        if (rest->at[i] < '0' || rest->at[i] > '9') return false;
        *number = *number * 10 + (uint64_t)(rest->at[i] - '0');
    }
    *rest = (struct str){ rest->at + 3, rest->length - 3 };
    return true;
}

/* There is one spelling of each number: no group of zeros in front, no width of a full tile. */
bool tile_number_read(struct str spelled, uint64_t *number, unsigned *width)
{
    struct str rest = spelled;
    *number = 0;
    *width = TILE_WIDTH;
    for (unsigned groups = 1; rest.length && rest.at[0] == 'x'; groups++) {
        rest = (struct str){ rest.at + 1, rest.length - 1 };
        if (groups > 5 || !three_digits(&rest, number) || !*number || !rest.length || rest.at[0] != '/') return false;
        rest = (struct str){ rest.at + 1, rest.length - 1 };
    }
    if (!three_digits(&rest, number)) return false;
    if (!rest.length) return true;
    uint64_t part;
    if (!str_starts(rest, STR(".p/")) || rest.length > 6 || rest.at[3] == '0' ||
        !str_number((struct str){ rest.at + 3, rest.length - 3 }, &part) || !part || part >= TILE_WIDTH)
        return false;
    *width = (unsigned)part;
    return true;
}

bool tlog_tile(struct request *request, struct reply *reply, struct error *error)
{
    struct hash hashes[TILE_WIDTH];
    uint64_t level, number;
    unsigned width;
    struct str spelled = request->arguments[0];
    bool is_level = spelled.length == 1 && str_number(spelled, &level) && level < TILE_LEVELS;
    if (!is_level || !tile_number_read(request->arguments[1], &number, &width) ||
        !ledger_tile(engine_ledger(request->engine), (unsigned)level, number, width, hashes, error)) {
        if (error->code && error->code != ERROR_NOT_FOUND) return false;
        return refuse(reply, error, 404, "no-such-tile", "There is no such tile, or not yet: see /checkpoint for the size", "没有这个数据块，或尚未生成；规模见 /checkpoint");
    }
    text_add(&reply->body, (struct str){ (const char *)hashes, width * sizeof *hashes });
    reply->content_type = "application/octet-stream";
    reply->fresh_seconds = TILE_FRESH_SECONDS;
    return true;
}
