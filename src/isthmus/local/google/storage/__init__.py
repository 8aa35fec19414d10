"""Cloud Storage, JSON API: buckets, objects, generations, preconditions, uploads in all three forms."""
