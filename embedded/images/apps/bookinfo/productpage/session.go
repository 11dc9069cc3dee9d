package main

import (
	"encoding/base64"
	"net/http"
	"net/url"

	"istio-lab/apps/internal/headers"
)

// sessionCookie holds the name somebody signed in with, as plain text in base64: any name signs in with any password, as upstream,
// so there is nothing a signature would protect.
const sessionCookie = "session"

func user(r *http.Request) string {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	name, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return ""
	}
	return string(name)
}

// outgoing are the headers of a request to a backend: the trace and identity of r, and the signed-in user as end-user.
func outgoing(r *http.Request) http.Header {
	out := http.Header{}
	headers.Copy(out, r.Header, headers.Forwarded...)
	if name := user(r); name != "" {
		out.Set(headers.EndUser, name)
	}
	return out
}

func login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	setSession(w, r.FormValue("username"))
	back(w, r)
}

func logout(w http.ResponseWriter, r *http.Request) {
	setSession(w, "")
	back(w, r)
}

// setSession signs name in; an empty one signs out.
func setSession(w http.ResponseWriter, name string) {
	cookie := &http.Cookie{
		Name: sessionCookie, Value: base64.RawURLEncoding.EncodeToString([]byte(name)),
		Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if name == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// back redirects to the page the request came from, if that is one of ours.
func back(w http.ResponseWriter, r *http.Request) {
	target := "/productpage"
	if from, err := url.Parse(r.Referer()); err == nil && from.Host == r.Host && r.Referer() != "" {
		target = from.String()
	}
	http.Redirect(w, r, target, http.StatusFound)
}
