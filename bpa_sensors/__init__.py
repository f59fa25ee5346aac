"""Has something happened? Sensors and schedules; they ask and request, and never compute."""
