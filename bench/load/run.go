package main

import (
	"math"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

const grace = 15 * time.Second // for the last answers

type plan struct {
	connections int
	warmUp      time.Duration
	duration    time.Duration
	requests    int64
}

// result counts requests of the whole run, warm-up included, but for what is said to be measured.
type result struct {
	Connections int     `json:"connections"`
	Tokens      int64   `json:"tokens"`   // right answers
	Errors      int64   `json:"errors"`   // no answer, or none that can be read
	Non2xx      int64   `json:"non_2xx"`  // answers of another status
	Wrong       int64   `json:"wrong"`    // 2xx without what the body must hold
	Reopened    int64   `json:"reopened"` // connections opened again
	Unserved    int     `json:"unserved"` // connections that got no token at all
	FirstError  string  `json:"first_error,omitempty"`
	Seconds     float64 `json:"seconds"`  // measured
	Measured    int64   `json:"measured"` // tokens that came in these
	PerSecond   float64 `json:"per_second"`
	P50         float64 `json:"p50_us"`
	P99         float64 `json:"p99_us"`
	P999        float64 `json:"p999_us"`
	Max         float64 `json:"max_us"`
}

type tally struct {
	result
	latencies []time.Duration
}

func run(target *target, plan plan) result {
	start := time.Now()
	measureFrom := start.Add(plan.warmUp)
	end := measureFrom.Add(plan.duration)
	var left atomic.Int64
	left.Store(math.MaxInt64)
	if plan.requests > 0 {
		left.Store(plan.requests)
	}

	tallies := make([]tally, plan.connections)
	var workers sync.WaitGroup
	for i := range tallies {
		workers.Add(1)
		go func(tally *tally) {
			defer workers.Done()
			client := &client{target: target, deadline: end.Add(grace)}
			defer client.close()
			for left.Add(-1) >= 0 && tally.exchange(client, measureFrom, end) {
			}
			tally.Reopened = int64(client.opened) - 1
		}(&tallies[i])
	}
	workers.Wait()
	return sum(tallies, math.Min(time.Since(measureFrom).Seconds(), plan.duration.Seconds()))
}

// exchange makes one request and returns whether there is time for another.
func (t *tally) exchange(client *client, measureFrom, end time.Time) bool {
	sent := time.Now()
	if !sent.Before(end) {
		return false
	}
	got, err := client.exchange()
	answered := time.Now()
	switch {
	case err != nil:
		t.Errors++
		if t.FirstError == "" {
			t.FirstError = err.Error()
		}
		time.Sleep(time.Millisecond) // a server that refuses is not to be hammered
	case got.status/100 != 2:
		t.Non2xx++
	case !got.right:
		t.Wrong++
	default:
		t.Tokens++
		if !answered.Before(measureFrom) && !answered.After(end) {
			t.Measured++
		}
		if !sent.Before(measureFrom) { // slow ones too, that came after the end
			t.latencies = append(t.latencies, answered.Sub(sent))
		}
	}
	return true
}

func sum(tallies []tally, seconds float64) result {
	total := result{Connections: len(tallies), Seconds: seconds}
	var latencies []time.Duration
	for _, tally := range tallies {
		total.Tokens += tally.Tokens
		total.Errors += tally.Errors
		total.Non2xx += tally.Non2xx
		total.Wrong += tally.Wrong
		total.Reopened += tally.Reopened
		total.Measured += tally.Measured
		if tally.Tokens == 0 {
			total.Unserved++
		}
		if total.FirstError == "" {
			total.FirstError = tally.FirstError
		}
		latencies = append(latencies, tally.latencies...)
	}
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	total.PerSecond = float64(total.Measured) / seconds
	total.P50 = percentile(latencies, 0.50)
	total.P99 = percentile(latencies, 0.99)
	total.P999 = percentile(latencies, 0.999)
	total.Max = percentile(latencies, 1)
	return total
}

// percentile returns microseconds: the least latency that `share` of the sorted ones do not exceed.
func percentile(sorted []time.Duration, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	index := int(math.Ceil(share*float64(len(sorted)))) - 1
	if index < 0 {
		index = 0
	}
	return float64(sorted[index]) / float64(time.Microsecond)
}
