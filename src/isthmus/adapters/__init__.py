"""The ports of core on AWS, on Google Cloud and in memory. The only place that imports an SDK for the data path."""
