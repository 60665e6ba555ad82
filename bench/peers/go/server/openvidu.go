package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	maxConnections = 64 // as the other subjects have
	maxAnswerBytes = 1 << 20
)

// openVidu speaks the REST API over kept-alive connections.
type openVidu struct {
	client        *http.Client
	sessions      string
	authorization string
}

func newOpenVidu(base, secret string) *openVidu {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &openVidu{
		client: &http.Client{
			Timeout: 20 * time.Second,
			Transport: &http.Transport{
				DialContext:         dialer.DialContext,
				MaxIdleConns:        maxConnections,
				MaxIdleConnsPerHost: maxConnections,
				MaxConnsPerHost:     maxConnections,
				IdleConnTimeout:     50 * time.Second,
				DisableCompression:  true,
			},
		},
		sessions:      base + "/openvidu/api/sessions",
		authorization: "Basic " + base64.StdEncoding.EncodeToString([]byte("OPENVIDUAPP:"+secret)),
	}
}

func (o *openVidu) connectionURL(sessionID string) string {
	return o.sessions + "/" + url.PathEscape(sessionID) + "/connection"
}

// post sends `properties` as JSON, reads a 200's JSON into `answer`, and returns the HTTP status.
func (o *openVidu) post(ctx context.Context, target string, properties, answer any) (int, error) {
	body, err := json.Marshal(properties)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", o.authorization)
	request.Header.Set("Content-Type", "application/json")
	response, err := o.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswerBytes)) // to the end: the connection is reused
	if err != nil || response.StatusCode != http.StatusOK {
		return response.StatusCode, err
	}
	return response.StatusCode, json.Unmarshal(text, answer)
}
