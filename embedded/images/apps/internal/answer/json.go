// Package answer writes the apps' JSON answers.
package answer

import (
	"encoding/json"
	"net/http"
)

// JSON answers with status and body.
func JSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.Encode(body) // a reader that went away is its own loss
}

// Error answers with status and {"error": message}, the form every service here uses.
func Error(w http.ResponseWriter, status int, message string) {
	JSON(w, status, map[string]string{"error": message})
}
