-- Prefect keeps its own database beside ours; business state never lives in it.
CREATE DATABASE prefect;
