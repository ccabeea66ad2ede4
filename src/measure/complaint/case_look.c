#include "measure/complaint/case_look.h"

#include "measure/complaint/book.h"

bool case_look_now(const struct request *request, struct reply *reply)
{
    return request->may_wait || book_at_hand(book_of(request->view), request->view) || reply_later(reply);
}

bool case_look_in(struct view *view, const struct request *request, struct str id, bool published, struct case_file *file,
                  struct case_status *status, bool *found, struct error *error)
{
    int64_t as_of;
    if (!(published ? case_read_published(view, id, file, found, error) : case_read(view, id, CASE_WHOLE, file, found, error))) return false;
    if (!*found) return true;
    if (!book_as_of(book_of(view), view, file->from_portal, request->now, &as_of, error)) return false;
    case_judge(view->audit.law, file, as_of, request->arena, status);
    return true;
}

bool case_look(struct request *request, struct str id, struct case_file *file, struct case_status *status, bool *found,
               struct error *error)
{
    return case_look_in(request->view, request, id, false, file, status, found, error);
}

bool case_missing(struct reply *reply, struct error *error)
{
    return refuse(reply, error, 404, "no-such-case", "There is no such case, or it is not yours to see", "没有这件投诉，或者你无权查看");
}
