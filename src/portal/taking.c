#include "portal/taking.h"

#include "engine/correction.h"
#include "engine/key.h"
#include "portal/accounts.h"

/* An operator's records say so in a needed field of this name, which names a row of the kind of this name. */
static const char operator_name[] = "operator";

/* Where a row of a kind is from. */
#define SOURCE_OF "(SELECT \"name\" FROM \"source_name\" WHERE \"source_name\".\"source\" = \"%s\".\"source\")"

/* The kind whose rows a field names by their key, where these are somebody's own: `complaint` of an event, of an appeal. */
static const struct kind *named_by(const struct kind *kind, const struct field *field)
{
    const struct kind *named = kind_find(str_of(field->name));
    const struct access *access = named ? access_of(named) : NULL;
    return named != kind && field->flags & FIELD_NEEDED && access && !access->open && key_field(named) != FIELDS_MAX ? named : NULL;
}

static size_t operator_field_of(const struct kind *kind)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (!strcmp(kind->fields[i].name, operator_name) && kind->fields[i].flags & FIELD_NEEDED && strcmp(kind->name, operator_name)) return i;
    return FIELDS_MAX;
}

static bool is_of_operators(const struct kind *kind)
{
    bool names = operator_field_of(kind) != FIELDS_MAX;
    if (access_of(kind)->forms_only) return false;
    for (size_t i = 0; i < kind->field_count; i++) names = names || named_by(kind, &kind->fields[i]);
    return names;
}

bool taking_may(const struct identity *who, const struct kind *kind, struct error *error)
{
    if (!access_of(kind))
        return fail_both(error, ERROR_CONFLICT, "records of kind %s are written by the program itself", "%s 类记录由程序自行记录", kind->name);
    if (who->role == ROLE_REGULATOR || who->role == ROLE_ADMINISTRATOR) return true;
    if (who->role == ROLE_OPERATOR && who->operator_[0] && is_of_operators(kind)) return true;
    bool too = is_of_operators(kind);
    return fail_both(error, ERROR_CONFLICT, "records of kind %s are not for your account to write: %.0s%s",
                     "你的账号不能写入 %s 类记录：%s%.0s", kind->name, too ? "由企业或主管部门写入" : "由主管部门写入",
                     too ? "operators and the regulator's staff write them" : "the regulator's staff writes them");
}

bool taking_open(struct taking *taking, struct portal *portal, const struct identity *who, const struct kind *kind, bool only_looks,
                 struct error *error)
{
    *taking = (struct taking){ .portal = portal, .who = *who, .kind = kind, .only_looks = only_looks,
                               .sees_all = who->role == ROLE_REGULATOR || who->role == ROLE_ADMINISTRATOR,
                               .operator_field = operator_field_of(kind) };
    if (!taking_may(who, kind, error)) return false;
    taking->view = taking->sees_all ? NULL : view_take(portal->views, who, REACH_OWN, error);
    return taking->sees_all || taking->view;
}

void taking_close(struct taking *taking)
{
    view_give(taking->view);
    sources_close(&taking->sources);
    text_close(&taking->key_sql);
    *taking = (struct taking){ 0 };
}

/* Looks at what came since, too. */
static bool view_renew(struct taking *taking, struct error *error)
{
    if (taking->view && engine_position(taking->portal->engine) == taking->view->position &&
        engine_generation(taking->portal->engine) == taking->view->generation)
        return true;
    view_give(taking->view);
    taking->view = view_take(taking->portal->views, &taking->who, REACH_OWN, error);
    return taking->view != NULL;
}

static bool source_admit(struct taking *taking, const struct record *record, struct error *error)
{
    if (taking->only_looks || sources_find(&taking->sources, record->source)) return true;
    if (!accounts_source_take(taking->portal->accounts, record->source, &taking->who, engine_has_source(taking->portal->engine, record->source),
                              error))
        return false;
    sources_add(&taking->sources, record->source);
    return true;
}

/* What people wrote here is theirs: an operator acts on it by its routes, and no file of it says something else in their name. */
static bool not_from_portal(struct str source, struct str name, struct error *error)
{
    return !str_starts(source, STR("mingbai:")) ||
           fail_both(error, ERROR_CONFLICT, "this %.*s was filed here, so no file changes it: answer it on its page, or by /api/complaints",
                     "该 %.*s 是在本系统提交的，不能用文件改动：请在其页面或通过 /api/complaints 办理", STR_ARGS(name));
}

/* ---- from a day on ---- */

static int32_t record_day(const struct record *record)
{
    const struct access *access = access_of(record->kind);
    return access->day ? access->day(record) : DAY_NONE;
}

static bool refuse_before(const struct kind *kind, int32_t since, struct error *error)
{
    char day[DAY_ROOM];
    day_format(since, day);
    return fail_both(error, ERROR_CONFLICT, "this %s is yours from %s on: what lies before that, the regulator's staff loads", "该 %s 自 %s 起才属于贵企业：此前的由主管部门报送",
                     kind->name, day);
}

/* stands: the day on record; DAY_NONE: nothing is. Brought forward, it would open to an operator what was another's. */
static bool since_admit(struct taking *taking, const struct record *record, int32_t stands, const struct field **field, struct error *error)
{
    const struct access *access = access_of(taking->kind);
    size_t at = 0;
    if (!access->since) return true;
    while (strcmp(taking->kind->fields[at].name, access->since)) at++;
    int32_t since = (int32_t)record->values[at].number;
    *field = &taking->kind->fields[at];
    if (stands != DAY_NONE) return since >= stands || refuse_before(taking->kind, stands, error);
    bool row = false;
    struct statement *select = store_prepare(taking->view->store, access->others, error);
    if (!select) return false;
    statement_text(select, 2, str_of(taking->who.operator_));
    statement_number(select, 3, since);
    if (key_bind(engine_vault(taking->portal->engine), select, 1, record, key_field(taking->kind)) && !statement_step(select, &row, error)) return false;
    statement_reset(select);
    return !row || fail_both(error, ERROR_CONFLICT, "this %s held another operator's tariff then: the regulator's staff says whose it is",
                             "该 %s 当时使用其他企业的资费：归属由主管部门报送", taking->kind->name);
}

/* What stands under the record's key: the operator that it names, or whether the writer sees it; where it is from; and since when it is
   the operator's. */
static void key_sql_write(struct taking *taking)
{
    const struct kind *kind = taking->kind;
    const char *since = access_of(kind)->since;
    bool by_operator = taking->operator_field != FIELDS_MAX;
    text_add(&taking->key_sql, STR("SELECT "));
    if (by_operator) text_format(&taking->key_sql, "\"%s\".\"%s\", ", kind->name, operator_name);
    if (!by_operator) text_add(&taking->key_sql, STR("CASE WHEN {scope} THEN 1 ELSE 0 END, "));
    text_format(&taking->key_sql, SOURCE_OF, kind->name);
    if (since) text_format(&taking->key_sql, ", \"%s\".\"%s\"", kind->name, since);
    text_format(&taking->key_sql, " FROM \"%s\" WHERE 1 = 1", kind->name);
    key_condition(kind, &taking->key_sql);
}

static bool key_admit(struct taking *taking, const struct record *record, const struct field **field, struct error *error)
{
    const struct kind *kind = taking->kind;
    if (!kind_has_key(kind)) return true;
    if (!taking->key_sql.length) key_sql_write(taking);
    bool by_operator = taking->operator_field != FIELDS_MAX, row = false, may_be_there = true;
    const char *sql = text_zero(&taking->key_sql);
    struct statement *select = by_operator ? store_prepare(taking->view->store, sql, error) : view_select(taking->view, kind, sql, error);
    if (!select) return false;
    int parameter = 1;
    for (size_t i = 0; i < kind->field_count; i++) {
        if (!(kind->fields[i].flags & FIELD_KEY)) continue;
        *field = &kind->fields[i];
        may_be_there = key_bind(engine_vault(taking->portal->engine), select, parameter++, record, i) && may_be_there;
    }
    if (may_be_there && !statement_step(select, &row, error)) return false;
    bool is_own = !row || (by_operator ? str_equal(column_text(select, 0), str_of(taking->who.operator_)) : column_number(select, 0) == 1);
    bool may = is_own ? !row || not_from_portal(column_text(select, 1), str_of(kind->name), error)
                      : fail_both(error, ERROR_CONFLICT, "this %s is in use by another operator: give yours another",
                                  "该 %s 已由其他企业使用：请另取一个", (*field)->name);
    int32_t stands = row && access_of(kind)->since ? (int32_t)column_number(select, 2) : DAY_NONE;
    statement_reset(select);
    return may && since_admit(taking, record, stands, field, error);
}

static bool reference_admit(struct taking *taking, const struct record *record, size_t at, const struct kind *named, struct error *error)
{
    struct text sql = { 0 };
    const char *key = named->fields[key_field(named)].name, *since = access_of(named)->since;
    text_format(&sql, "SELECT " SOURCE_OF ", \"%s\" FROM \"%s\" WHERE {scope} AND \"%s\".\"%s\" = $1", named->name, since ? since : key, named->name,
                named->name, key);
    struct statement *select = view_select(taking->view, named, text_zero(&sql), error);
    text_close(&sql);
    if (!select) return false;
    bool row = false;
    if (key_bind(engine_vault(taking->portal->engine), select, 1, record, at) && !statement_step(select, &row, error)) return false;
    bool may = row && not_from_portal(column_text(select, 0), str_of(named->name), error);
    int32_t from = may && since ? (int32_t)column_number(select, 1) : DAY_NONE, day = record_day(record);
    statement_reset(select);
    if (from != DAY_NONE && day != DAY_NONE && day < from) return refuse_before(named, from, error);
    return row ? may : fail_both(error, ERROR_NOT_FOUND, "no %s of yours has this number: load the %s first", "贵企业没有这个编号的 %s：请先装入 %s",
                                 named->name, named->name);
}

static bool operator_admit(struct taking *taking, const struct record *record, const struct field **field, struct error *error)
{
    const struct kind *kind = taking->kind;
    if (taking->operator_field != FIELDS_MAX) {
        *field = &kind->fields[taking->operator_field];
        if (!str_equal(record->values[taking->operator_field].text, str_of(taking->who.operator_)))
            return fail_both(error, ERROR_CONFLICT, "your account writes records of operator %s only", "你的账号只能写入企业 %s 的记录",
                             taking->who.operator_);
    }
    if (!view_renew(taking, error) || !key_admit(taking, record, field, error)) return false;
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct kind *named = named_by(kind, &kind->fields[i]);
        if (!named) continue;
        *field = &kind->fields[i];
        if (!reference_admit(taking, record, i, named, error)) return false;
    }
    return true;
}

/* What is corrected must be the writer's own, or it could take out what others reported. */
static bool correction_admit(const struct taking *taking, const struct record *record, const struct field **field, struct error *error)
{
    const struct kind *kind = taking->kind;
    struct record_name target;
    if (!kind->corrections || !record_has(record, kind->corrects) || taking->who.role == ROLE_ADMINISTRATOR) return true;
    *field = &kind->fields[kind->corrects];
    if (!record_name_read(record->values[kind->corrects].text, &target) || str_equal(target.source, record->source)) return true;
    return accounts_source_is_own(taking->portal->accounts, target.source, taking->who.account) ||
           fail_both(error, ERROR_CONFLICT, "the source %.*s is not your account's: who brought a record corrects it",
                     "来源 %.*s 不属于你的账号：由报送该记录的账号更正", STR_ARGS(target.source));
}

bool taking_admit(void *context, const struct record *record, const struct field **field, struct error *error)
{
    struct taking *taking = context;
    if (!taking->sees_all && !operator_admit(taking, record, field, error)) return false;
    if (!correction_admit(taking, record, field, error)) return false;
    static const struct field source_field = { .name = "source" };
    *field = &source_field;
    return source_admit(taking, record, error);
}
