/* A gateway that takes texts to people over HTTP: a webhook, or Kannel's sendsms. What it is stands in a JSON file that `serve --gateway`
   names:
       {"form":"webhook","url":"https://sms.example/texts","token":"..."}
       {"form":"kannel","url":"http://127.0.0.1:13013/cgi-bin/sendsms","username":"..","password":"..","from":"10086"}
   A text may come twice, with the same key: a webhook gets it as Idempotency-Key. */
#ifndef PORTAL_GATEWAY_H
#define PORTAL_GATEWAY_H

#include "portal/spool.h"

struct gateway;

/* ERROR_INPUT says what is wrong in the file. */
struct gateway *gateway_open(const char *path, struct error *error);
void gateway_close(struct gateway *gateway);

enum gateway_answer {
    GATEWAY_TAKEN,
    GATEWAY_REFUSED, /* it will never take this one: a wrong number, a wrong request */
    GATEWAY_LATER,   /* it failed at this one: try it again later */
    GATEWAY_AWAY,    /* it could not be reached, or did not answer */
    GATEWAY_PAUSE,   /* it asks for a pause, or does not know us (address, password): no other will be taken now either */
    GATEWAY_DENIED,  /* it does not know us, or it never takes this one: which of them, only others tell */
};
/* Hands over one text to a number. For one thread at a time; at most GATEWAY_SECONDS. error tells why it was not taken. */
enum { GATEWAY_SECONDS = 10 };
enum gateway_answer gateway_send(void *gateway, const struct message *message, struct error *error);

#endif
