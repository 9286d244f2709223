int CBuildInfo(void);
