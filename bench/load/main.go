// Loads one HTTP server on this machine, or holds idle connections to it, and writes what it saw as JSON.
//
//	load -url http://127.0.0.1:5000/api/sessions/room-1/connections -connections 64 -duration 3s
//	load -url … -connections 10000 -hold    # one request each, then idle until standard input ends
//
// Closed loop: each connection sends its next request when it has the last answer. All latencies are kept, so the
// percentiles are exact.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	url := flag.String("url", "", "what to POST to; a loopback address")
	body := flag.String("body", "{}", "the JSON to send")
	expect := flag.String("expect", "tok_", "text that a right answer's body holds")
	connections := flag.Int("connections", 64, "connections at once")
	duration := flag.Duration("duration", 3*time.Second, "how long to measure")
	warmUp := flag.Duration("warm_up", 500*time.Millisecond, "how long to load before that")
	requests := flag.Int64("requests", 0, "stop after so many, if that is sooner; 0: no such limit")
	hold := flag.Bool("hold", false, "hold the connections idle instead")
	longest := flag.Duration("longest_hold", 2*time.Minute, "end holding after that, whatever standard input does")
	flag.Parse()

	target, err := newTarget(*url, *body, *expect)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	if *hold {
		holdIdle(target, *connections, *longest, print)
		return
	}
	print(run(target, plan{*connections, *warmUp, *duration, *requests}))
}

func print(result any) {
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
