#include "measure/complaint/claims_body.h"

size_t claims_given(const struct acting *acting)
{
    return json_array_size(json_object_get(acting->request->body, "claims"));
}

static struct str text_of(const json_t *value)
{
    return (struct str){ json_string_value(value), json_string_length(value) };
}

static bool claim_wrong(struct acting *acting)
{
    reply_fault(acting->request, acting->reply, "claims", "Each claim is an object with the members that this call describes",
                "每项诉求是一个对象，成员见接口说明");
    return false;
}

bool claim_given(struct acting *acting, size_t place, const char *word_name, struct claim_given *given)
{
    const json_t *claim = json_array_get(json_object_get(acting->request->body, "claims"), place);
    const char *name;
    json_t *value;
    *given = (struct claim_given){ 0 };
    if (!json_is_object(claim)) return claim_wrong(acting);
    json_object_foreach((json_t *)claim, name, value)
    {
        if (json_is_null(value)) continue;
        if (!strcmp(name, "claim") && json_is_integer(value) && json_integer_value(value) > 0)
            given->claim = json_integer_value(value);
        else if (word_name && !strcmp(name, word_name) && json_is_string(value))
            given->word = text_of(value);
        else if (!strcmp(name, "amount") && json_is_string(value))
            given->amount = text_of(value);
        else if (!strcmp(name, "text") && json_is_string(value) && json_string_length(value) <= TEXT_BYTES_MAX)
            given->text = text_of(value);
        else if (!word_name && !strcmp(name, "accepted") && json_is_boolean(value)) {
            given->accepted = json_is_true(value);
            given->has_accepted = true;
        } else
            return claim_wrong(acting);
    }
    return true;
}

int choice_of(const struct field *field, struct str word)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (str_equal(word, str_of(field->choices[i].word))) return (int)i;
    return -1;
}
